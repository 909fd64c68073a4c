# SPDX-License-Identifier: MIT
"""KServe's model server with a scikit-learn model trained at start."""

import argparse

import kserve
from kserve.utils.utils import get_predict_input, get_predict_response
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression


class Iris(kserve.Model):
    def load(self):
        data = load_iris()
        self.classifier = LogisticRegression(max_iter=1000).fit(data.data, data.target)
        self.ready = True
        return self.ready

    def predict(self, payload, headers=None, response_headers=None):
        result = self.classifier.predict(get_predict_input(payload))
        return get_predict_response(payload, result, self.name)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(parents=[kserve.model_server.parser]).parse_args()
    model = Iris("iris")
    model.load()
    kserve.ModelServer().start([model])
