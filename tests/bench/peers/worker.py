"""The peers as a long-lived process: one JSON request a line on standard input, one JSON answer a line on standard output.

It lives through a whole run so that both sides are warm and can take turns. Its caller pins the threads: in each request and
in the environment (implicit's documentation asks for one BLAS thread, faiss needs all of them). A library is imported when it is
first asked for, so that each has a process of its own. Times are in seconds and are taken here, around the library's own
calls, so that the pipe is not counted.
"""

import json
import sys
import time

import numpy as np
from scipy.sparse import csr_matrix

DATA = {}


class Stopped(Exception):
    """The caller wants no further iteration."""


def answer(**fields):
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def next_request():
    line = sys.stdin.readline()
    if line == "":
        sys.exit(0)
    return json.loads(line)


def load(request):
    """A user by item matrix from three .npy files, float32 with 32-bit indices: the form that implicit computes with."""
    indptr = np.load(request["indptr"]).astype(np.int32)
    indices = np.load(request["indices"]).astype(np.int32)
    values = np.load(request["values"])
    shape = (request["userCount"], request["itemCount"])
    DATA[request["data"]] = csr_matrix((values, indices, indptr), shape=shape)
    return {"interactions": int(len(indices))}


def new_model(request):
    from implicit.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=request["factors"],
        regularization=request.get("regularization", 0.01),
        alpha=request.get("alpha", 1.0),
        dtype=np.float32,
        use_native=True,
        use_cg=True,
        iterations=request.get("iterations", 1),
        num_threads=request["threads"],
        random_state=request.get("seed", 1),
    )
    model.cg_steps = 3
    return model


def save_factors(model, request):
    np.save(request["userFactors"], model.user_factors)
    np.save(request["itemFactors"], model.item_factors)


def fit(request):
    """A whole fit: transposing, initial factors, all iterations. The data is in memory before the clock starts."""
    model = new_model(request)
    started = time.perf_counter()
    model.fit(DATA[request["data"]], show_progress=False)
    return {"seconds": time.perf_counter() - started}


def fit_in_steps(request):
    """A fit that pauses after each iteration until the caller says "next" or "stop".

    The seconds of an iteration are what implicit hands to its callback: both half-steps, nothing else.
    With "userFactors" and "itemFactors" (paths) in the "next" request the factors so far are written first.
    """
    model = new_model(request)

    def after_iteration(iteration, seconds, _loss):
        answer(iteration=iteration + 1, seconds=seconds)
        following = next_request()
        while following["op"] == "save":
            save_factors(model, following)
            answer(saved=True)
            following = next_request()
        if following["op"] == "stop":
            raise Stopped

    try:
        model.fit(DATA[request["data"]], show_progress=False, callback=after_iteration)
    except Stopped:
        pass
    return {"stopped": True}


def load_factors(request):
    """Factors that somebody else trained, for the searches."""
    DATA["userFactors"] = np.load(request["userFactors"])
    DATA["itemFactors"] = np.load(request["itemFactors"])
    return {"users": len(DATA["userFactors"]), "items": len(DATA["itemFactors"])}


def recommend(request):
    """implicit's own recommend for the first users, seen items excluded, in batches of the size that the caller found best."""
    model = new_model({**request, "factors": DATA["itemFactors"].shape[1]})
    model.user_factors, model.item_factors = DATA["userFactors"], DATA["itemFactors"]
    user_items, batch = DATA[request["data"]][: request["users"]], request["batch"]
    users = np.arange(user_items.shape[0])
    found = []
    started = time.perf_counter()
    for first in range(0, len(users), batch):
        some = users[first : first + batch]
        rows = user_items if len(some) == len(users) else user_items[some]
        found.append(model.recommend(some, rows, N=request["n"], filter_already_liked_items=True)[0])
    seconds = time.perf_counter() - started
    np.save(request["lists"], np.concatenate(found).astype(np.uint32))
    return {"seconds": seconds}


def search_faiss(request):
    """faiss's flat inner product index. It cannot exclude a user's own items, so it is asked for n + seen and they are
    dropped afterwards; users are batched by how many they have seen so that few are asked for more than they need.
    With exclude = false it is asked for n and nothing is dropped: what faiss alone would do at best."""
    import faiss

    faiss.omp_set_num_threads(request["threads"])
    user_factors, item_factors = DATA["userFactors"], DATA["itemFactors"]
    user_items, n = DATA[request["data"]][: request["users"]], request["n"]
    index = faiss.IndexFlatIP(item_factors.shape[1])
    index.add(item_factors)
    lists = np.empty((user_items.shape[0], n), dtype=np.uint32)
    started = time.perf_counter()
    if request["exclude"]:
        search_excluding(index, user_factors, user_items, n, request["batch"], lists)
    else:
        for first in range(0, len(lists), request["batch"]):
            last = first + request["batch"]
            lists[first:last] = index.search(user_factors[first:last], n)[1]
    seconds = time.perf_counter() - started
    np.save(request["lists"], lists)
    return {"seconds": seconds}


def search_excluding(index, user_factors, user_items, n, batch, lists):
    item_count = user_items.shape[1]
    seen_counts = np.diff(user_items.indptr)
    order = np.argsort(seen_counts, kind="stable")
    for first in range(0, len(order), batch):
        users = order[first : first + batch]
        wanted = int(min(item_count, n + seen_counts[users].max()))
        found = index.search(user_factors[users], wanted)[1]
        is_seen = np.zeros((len(users), item_count), dtype=bool)
        for row, user in enumerate(users):
            is_seen[row, user_items.indices[user_items.indptr[user] : user_items.indptr[user + 1]]] = True
        dropped = np.take_along_axis(is_seen, found, axis=1)
        kept = np.argsort(dropped, axis=1, kind="stable")[:, :n]
        lists[users] = np.take_along_axis(found, kept, axis=1)


OPERATIONS = {
    "load": load,
    "fit": fit,
    "fitInSteps": fit_in_steps,
    "loadFactors": load_factors,
    "recommend": recommend,
    "searchFaiss": search_faiss,
}


def main():
    while True:
        request = next_request()
        try:
            answer(**OPERATIONS[request["op"]](request))
        except Exception as error:  # the caller decides what a failure means; the process stays for the next request
            answer(error=f"{type(error).__name__}: {error}")


main()
