"""SQL of import and export."""
