"""What goes in and out, as OpenAPI describes it; the client reads answers by the same classes."""
