"""The store up to the cart: who are you, what is there, what does it open, what does it cost."""
