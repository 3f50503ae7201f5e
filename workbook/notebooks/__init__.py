"""The notebooks as files: executed on a throwaway MySQL, kept alike in both languages, checked by the tests."""
