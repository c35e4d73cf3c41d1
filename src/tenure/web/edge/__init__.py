"""What all pages share: who looks, who may come in, how a no is told."""
