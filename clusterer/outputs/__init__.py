"""What a result is handed out as: the report, the exports, and the pages they share."""
