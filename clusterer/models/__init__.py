"""Networks and their sources: bundled, downloaded, converted or provided by the user."""
