"""find_library: where a distribution has put a library."""

def find_library(repository_ctx, prefix, name):
    """Looks in lib/ and, for Debian's lib/x86_64-linux-gnu/, in its folders.

    Args:
      repository_ctx: of the repository rule.
      prefix: as in /usr.
      name: of the file.

    Returns:
      its path, or None.
    """
    folder = repository_ctx.path(prefix + "/lib")
    if not folder.exists:
        return None
    for path in [folder.get_child(name)] + [child.get_child(name) for child in folder.readdir()]:
        if path.exists:
            return path
    return None
