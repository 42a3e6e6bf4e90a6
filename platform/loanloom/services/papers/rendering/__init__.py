"""Drawing neutral documents as files. Takes blocks, gives bytes; reads no database and knows no customer."""
