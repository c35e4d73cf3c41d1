"""The member's home: what one holds, asks for, and is invited to."""
