"""Where models are kept: in the data folder alone, or in an object store that several bots share."""
