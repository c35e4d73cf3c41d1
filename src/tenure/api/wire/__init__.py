"""HTTP/1.1 on asyncio, for what must answer in microseconds: the decision node."""
