"""The pages: for visitors, customers, members and the vendor's staff."""
