"""Names from elsewhere: cut lists, projects of editing programs, tables of a cast."""
