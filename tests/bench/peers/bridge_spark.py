"""User ids in at one Kafka topic, lists out at another, by Spark Structured Streaming and the Mongo Spark Connector.

Each micro-batch asks MongoDB once: the ids of the batch become a $match in the connector's aggregation pipeline, so that no
more documents are read than are asked for. Headers pass through. What was found to make it faster (see README.md): no
samples of the collection to cut it into partitions, a join that shuffles nothing, a fetch of Kafka that waits 10 ms instead
of half a second where a partition has nothing new, and no more ids at once than the bridge asks for. Usage:
bridge_spark.py JARS BROKERS REQUESTS RECOMMENDATIONS MONGODB_URL FOLDER THREADS
"""

import glob
import json
import os
import sys
from urllib.parse import urlsplit

from pyspark.sql import SparkSession
from pyspark.sql.functions import broadcast, col, struct, to_json

SINGLE = "com.mongodb.spark.sql.connector.read.partitioner.SinglePartitionPartitioner"
AT_ONCE = "500"


def main():
    jars, brokers, requests, recommendations, url, folder, threads = sys.argv[1:8]
    database = urlsplit(url).path.strip("/")
    # Spark leaves a folder of artifacts where it stands.
    os.chdir(folder)
    spark = (
        SparkSession.builder.master(f"local[{threads}]")
        .config("spark.jars", ",".join(sorted(glob.glob(f"{jars}/*.jar"))))
        .config("spark.driver.memory", "2g")
        .config("spark.sql.shuffle.partitions", threads)
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.local.dir", folder)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    source = spark.read.format("mongodb").option("connection.uri", url).option("database", database)
    generations = source.option("collection", "generations").option(
        "aggregation.pipeline", json.dumps([{"$match": {"_id": "active"}}])
    )
    generation = generations.load().first()["generation"]

    def answer(batch, _):
        asked = batch.selectExpr("CAST(value AS STRING) AS userId", "key", "headers").persist()
        ids = sorted({row.userId for row in asked.select("userId").collect()})
        if ids:
            match = json.dumps([{"$match": {"generation": generation, "userId": {"$in": ids}}}])
            lists = (
                source.option("collection", "recommendations")
                .option("partitioner", SINGLE)
                .option("aggregation.pipeline", match)
                .schema("userId STRING, generation STRING, appliedOffset LONG, items ARRAY<STRUCT<itemId: STRING, score: DOUBLE>>")
                .load()
            )
            value = to_json(struct("userId", "generation", "appliedOffset", "items")).alias("value")
            answers = asked.join(broadcast(lists), "userId").select(col("userId").alias("key"), value, "headers")
            sink = answers.write.format("kafka").option("kafka.bootstrap.servers", brokers).option("includeHeaders", "true")
            sink.option("topic", recommendations).save()
        asked.unpersist()

    stream = spark.readStream.format("kafka").option("kafka.bootstrap.servers", brokers).option("subscribe", requests)
    stream = stream.option("startingOffsets", "earliest").option("includeHeaders", "true")
    stream = stream.option("kafka.fetch.max.wait.ms", "10").option("maxOffsetsPerTrigger", AT_ONCE).load()
    query = stream.writeStream.foreachBatch(answer).option("checkpointLocation", f"{folder}/checkpoint").start()
    query.awaitTermination()


main()
