"""The same whole process by Spark MLlib on one machine: ratings file in, ALS, the best items of every user to Parquet.

Threads are Spark's own (local[N]). Its linear algebra uses the system's libblas.so.3 where there is one (on Debian: libopenblas0),
else Java's vector instructions, whose module has to be asked for. Spark's lists cannot leave out what a user has seen, and
nothing more is asked for instead: it does less here than we do. Usage:
cold_spark.py FILE FACTORS ITERATIONS TOP THREADS FOLDER explicit|implicit
It prints which BLAS it used.
"""

import sys

from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession


def blas_in_use(spark):
    """Name of the class that Spark computes with: its lookup takes the system's library where that can be loaded."""
    lookup = spark.sparkContext._jvm.dev.ludovic.netlib.blas
    try:
        return lookup.NativeBLAS.getInstance().getClass().getSimpleName()
    except Exception:
        return lookup.JavaBLAS.getInstance().getClass().getSimpleName()


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
    print(blas_in_use(spark))
    spark.stop()


main()
