"""What the providers share: where credentials are kept, and how what a person pastes is read."""
