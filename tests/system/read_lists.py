"""Reads recommendations as any program does: the pointer, the user's document, else the popular one.

read_lists.py URL DATABASE once USER...    prints a JSON line for each user
read_lists.py URL DATABASE poll USER       prints a JSON line whenever something else is seen, until its input ends
"""

import json
import sys
import threading

from pymongo import MongoClient


def read(database, user_id):
    pointer = database.generations.find_one({"_id": "active"})
    generation = pointer["generation"]
    for key in (user_id, None):
        found = database.recommendations.find_one({"generation": generation, "userId": key})
        if found is not None:
            return {
                "generation": generation,
                "documentGeneration": found["generation"],
                "userId": found["userId"],
                "appliedOffset": found["appliedOffset"],
                "items": [item["itemId"] for item in found["items"]],
            }
    return {"generation": generation, "documentGeneration": None, "userId": None, "appliedOffset": None, "items": []}


def poll(database, user_id):
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    last, count = None, 0
    while not ended.is_set():
        line, count = json.dumps(read(database, user_id)), count + 1
        if line != last:
            print(line, flush=True)
            last = line
    print(json.dumps({"reads": count}), flush=True)


url, name, how, *users = sys.argv[1:]
database = MongoClient(url)[name]
if how == "poll":
    poll(database, users[0])
else:
    for user in users:
        print(json.dumps(read(database, user)))
