"""The same whole process by Spark MLlib on one machine: ratings file in, ALS, the best items of every user to Parquet.

Threads are Spark's own (local[N]); OpenBLAS is used where the system has it, else Java's vector instructions (the module has
to be asked for), which is what Spark's documentation advises. Usage:
cold_spark.py FILE FACTORS ITERATIONS TOP THREADS FOLDER explicit|implicit
Spark's own lists do not leave out what a user has seen, so as many more are asked for as a fair user would: none. It does less here.
"""

import sys

from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession


def main():
    path, factors, iterations, top, threads, folder, feedback = sys.argv[1:8]
    spark = (
        SparkSession.builder.master(f"local[{threads}]")
        .config("spark.driver.memory", "6g")
        .config("spark.driver.extraJavaOptions", "--add-modules=jdk.incubator.vector")
        .config("spark.sql.shuffle.partitions", threads)
        .config("spark.ui.enabled", "false")
        .config("spark.local.dir", folder)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    ratings = spark.read.csv(path, header=True, schema="userId INT, movieId INT, rating FLOAT")
    als = ALS(
        rank=int(factors),
        maxIter=int(iterations),
        regParam=0.1,
        implicitPrefs=feedback == "implicit",
        userCol="userId",
        itemCol="movieId",
        ratingCol="rating",
        numUserBlocks=int(threads),
        numItemBlocks=int(threads),
        seed=1,
    )
    model = als.fit(ratings)
    model.recommendForAllUsers(int(top)).write.mode("overwrite").parquet(f"{folder}/lists")
    model.userFactors.write.mode("overwrite").parquet(f"{folder}/userFactors")
    model.itemFactors.write.mode("overwrite").parquet(f"{folder}/itemFactors")
    spark.stop()


main()
