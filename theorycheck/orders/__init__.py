"""The order calculus decides statements about orders of magnitude: by a certificate, or by explicit growth rates."""
