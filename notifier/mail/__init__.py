"""Mail: pages, MIME, signatures and the connections to the operator's mail server."""
