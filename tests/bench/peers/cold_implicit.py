"""What a person with implicit would run: ratings file in, fit, the best items of every user out. A whole process.

Chosen for speed, each against its alternatives on ML-1M and on 10 million rows: pyarrow reads the file (faster than pandas,
polars and numpy there), ids become rows by its hash-based dictionary, and the results are written by numpy as plain .npy
without compression and without fsync, which costs less than any database. Usage:
cold_implicit.py FILE FACTORS ITERATIONS TOP THREADS FOLDER
"""

import sys

import numpy as np
from pyarrow import csv, set_cpu_count
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix


def codes(column):
    """Dense codes of a column's values, and the values by code."""
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary.to_numpy()


def main():
    path, factors, iterations, top, threads, folder = sys.argv[1:7]
    set_cpu_count(int(threads))
    table = csv.read_csv(path)
    users, user_ids = codes(table["userId"])
    items, item_ids = codes(table["movieId"])
    values = table["rating"].to_numpy().astype(np.float32)
    user_items = csr_matrix((values, (users, items)), shape=(len(user_ids), len(item_ids)))
    model = AlternatingLeastSquares(
        factors=int(factors), regularization=0.01, dtype=np.float32, iterations=int(iterations), num_threads=int(threads), random_state=1
    )
    model.fit(user_items, show_progress=False)
    found, scores = model.recommend(np.arange(len(user_ids)), user_items, N=int(top), filter_already_liked_items=True)
    for name, array in {
        "user_ids": user_ids,
        "item_ids": item_ids,
        "lists": item_ids[np.maximum(found, 0)],
        "scores": scores,
        "user_factors": model.user_factors,
        "item_factors": model.item_factors,
    }.items():
        np.save(f"{folder}/{name}.npy", array)


main()
