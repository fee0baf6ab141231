"""The running gateway: its parts joined, started, told of each other and stopped."""
