"""What everything else speaks: types, settings, errors, arithmetic on boxes, distances, time."""
