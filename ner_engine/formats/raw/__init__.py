"""What readers and writers of files share: raw texts, and bytes on their way to them."""
