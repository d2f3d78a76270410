"""Stills of people: which frames, their files with metadata, and a contact sheet as PDF."""
