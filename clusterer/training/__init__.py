"""How the networks that this project ships were made. Needs the extra ``[train]`` (torch)."""
