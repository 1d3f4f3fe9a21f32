"""The Web API: its methods, who may call them, and failures asked for beforehand."""
