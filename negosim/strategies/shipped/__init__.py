"""The strategies that come with the package: each decides in utilities alone, in one file that ends in its record."""
