"""A film in which people cannot be recognised.

Twice through the film: `watch` finds the faces of more frames than the analysis did, `paths` says
whose they are and where each hidden one is in every frame, and `render` draws over them, looks at
what it drew, and draws more if a face is still found.
"""
