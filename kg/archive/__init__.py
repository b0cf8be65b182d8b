"""Archives of claims in Parquet, and their analysis on Spark."""
