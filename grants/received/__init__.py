"""What was received: followed, completed, talked about, withdrawn, found."""
