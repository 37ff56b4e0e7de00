"""One way out a file, with the limits and formatting of that channel."""
