"""The eval suite: cases that readers labelled, runs over them, and the gate that says go or no-go."""
