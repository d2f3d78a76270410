"""Networks and where they come from: shipped, downloaded, converted or the user's own."""
