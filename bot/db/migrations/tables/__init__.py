"""The tables of revision 0001, as it made them: never changed."""
