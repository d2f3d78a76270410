"""Remove biometric data: of results, projects and galleries, of all people or of some."""
