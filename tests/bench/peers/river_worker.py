"""River as a long-lived process: one JSON request a line on standard input, one JSON answer a line on standard output.

It lives through a whole run so that both sides are warm and can take turns. Times are in seconds and are taken here, around
the loop that River's documentation shows: predict, then learn. What is in memory before the clock starts, and what is read from
the file while it runs, is said by the caller. A run uses a new model.
"""

import json
import sys
import time

from river import metrics, optim, preprocessing, reco, tree
from river.linear_model import LinearRegression

TARGET = "y"
ROWS = {}


class Recommender:
    """Takes user and item out of the features, so that one loop serves all models."""

    def __init__(self):
        rates = dict(bias_optimizer=optim.SGD(0.025), latent_optimizer=optim.SGD(0.05))
        self.model = reco.BiasedMF(n_factors=10, seed=1, **rates)

    def predict_one(self, x):
        return self.model.predict_one(x["user"], x["item"])

    def learn_one(self, x, y):
        self.model.learn_one(x["user"], x["item"], y)


MODELS = {
    "linear": lambda: preprocessing.StandardScaler() | LinearRegression(),
    "biased-mf": Recommender,
    "tree": tree.HoeffdingTreeRegressor,
}


def load(request):
    """All rows of a file as dicts."""
    rows = []
    with open(request["file"]) as lines:
        for line in lines:
            x = json.loads(line)
            y = x.pop(TARGET)
            rows.append((x, y))
    ROWS[request["file"]] = rows
    return {"count": len(rows)}


def over_memory(request):
    model, rows = MODELS[request["model"]](), ROWS[request["file"]]
    predict_one, learn_one = model.predict_one, model.learn_one
    predictions = []
    started = time.perf_counter()
    for x, y in rows:
        predictions.append(predict_one(x))
        learn_one(x, y)
    seconds = time.perf_counter() - started
    mae = sum(abs(p - y) for p, (_, y) in zip(predictions, rows)) / len(rows)
    return {"seconds": seconds, "mae": mae}


def over_lines(request):
    model, mae = MODELS[request["model"]](), metrics.MAE()
    loads, predict_one, learn_one, update = json.loads, model.predict_one, model.learn_one, mae.update
    started = time.perf_counter()
    with open(request["file"]) as lines:
        for line in lines:
            x = loads(line)
            y = x.pop(TARGET)
            update(y, predict_one(x))
            learn_one(x, y)
    return {"seconds": time.perf_counter() - started, "mae": mae.get()}


OPERATIONS = {"load": load, "memory": over_memory, "lines": over_lines}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            fields = OPERATIONS[request["op"]](request)
        except Exception as error:  # the caller decides what a failure means; the process stays for the next request
            fields = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(fields) + "\n")
        sys.stdout.flush()


main()
