"""What people do to the register: every use case asks for permission, checks the input and commits."""
