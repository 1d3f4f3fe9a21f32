"""What assistants reach a project by: the Model Context Protocol over the API."""
