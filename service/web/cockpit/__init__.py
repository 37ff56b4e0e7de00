"""The cockpit: pages for whoever runs the service."""
