# SPDX-License-Identifier: MIT
"""gradio-app.py serve | ask URL: a function that answers with the client's address."""

import sys

if sys.argv[1] == "serve":
    import gradio

    def tell(name, request: gradio.Request):
        return f"{name} {request.client.host}"

    gradio.Interface(fn=tell, inputs="text", outputs="text", api_name="tell").launch(quiet=True)
else:
    from gradio_client import Client

    print(Client(sys.argv[2], verbose=False).predict("you are", api_name="/tell"))
