"""Finds the smallest point of a parabola by gradient descent: weir run . -P alpha=0.5"""

import argparse

import mlflow

parser = argparse.ArgumentParser()
parser.add_argument("--alpha", type=float, help="the step size")
parser.add_argument("--epochs", type=int)
args = parser.parse_args()

x = 1.0
with mlflow.start_run():
    for epoch in range(args.epochs):
        x -= args.alpha * 2 * x
        mlflow.log_metric("loss", x * x, step=epoch)
print(f"x = {x:g} after {args.epochs} epochs")
