"""What a person with implicit would run: ratings file in, fit, the best items of every user out. A whole process.

The reader is the fastest of those tried for the file's size: numpy below LARGE_FILE_BYTES, where importing pyarrow costs more
than it saves, pyarrow above (README.md has the times). The results are written by numpy.save, without a database and
without fsync. Usage: cold_implicit.py FILE FACTORS ITERATIONS TOP THREADS FOLDER
"""

import os
import sys

import numpy as np
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

LARGE_FILE_BYTES = 64 << 20


def read_small(path):
    """Dense codes of users and items, their ids by code, and the values."""
    columns = [("user", np.int32), ("item", np.int32), ("value", np.float32)]
    table = np.loadtxt(path, delimiter=",", skiprows=1, dtype=columns)
    user_ids, users = np.unique(table["user"], return_inverse=True)
    item_ids, items = np.unique(table["item"], return_inverse=True)
    return users, user_ids, items, item_ids, table["value"]


def read_large(path, threads):
    from pyarrow import csv, set_cpu_count

    set_cpu_count(threads)
    table = csv.read_csv(path)
    users, items = (table[name].combine_chunks().dictionary_encode() for name in ("userId", "movieId"))
    values = table["rating"].to_numpy().astype(np.float32)
    return (
        users.indices.to_numpy(),
        users.dictionary.to_numpy(),
        items.indices.to_numpy(),
        items.dictionary.to_numpy(),
        values,
    )


def main():
    path, factors, iterations, top, threads, folder = sys.argv[1:7]
    is_large = os.path.getsize(path) >= LARGE_FILE_BYTES
    users, user_ids, items, item_ids, values = read_large(path, int(threads)) if is_large else read_small(path)
    user_items = csr_matrix((values, (users, items)), shape=(len(user_ids), len(item_ids)))
    model = AlternatingLeastSquares(
        factors=int(factors),
        regularization=0.01,
        dtype=np.float32,
        iterations=int(iterations),
        num_threads=int(threads),
        random_state=1,
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
