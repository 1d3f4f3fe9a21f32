"""What people are told of imports and exports."""
