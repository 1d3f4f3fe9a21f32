"""The HTTP server on 127.0.0.1: the app's routes, the page's and the control API's."""
