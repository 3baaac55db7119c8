"""A client of a Tamngu service, for programs in Python; it needs httpx and pydantic.

>>> from tamngu.client import Client
>>> with Client("http://127.0.0.1:8000") as client:  # doctest: +SKIP
...     print(client.ask("Việt Nam gia nhập ASEAN năm nào?").answer)
"""

from tamngu.client.async_client import AsyncClient as AsyncClient
from tamngu.client.client import Client as Client
from tamngu.client.responses import ApiError as ApiError
from tamngu.records.answer import Answer as Answer
from tamngu.records.answer import ShortAnswer as ShortAnswer
from tamngu.records.article import Article as Article
from tamngu.records.article_list import ArticleSummary as ArticleSummary
from tamngu.records.citation import Citation as Citation
from tamngu.records.hit import Hit as Hit
from tamngu.records.hit import SearchResult as SearchResult
from tamngu.records.ingest_report import IngestReport as IngestReport
from tamngu.records.job import Job as Job
from tamngu.records.request import AskRequest as AskRequest
from tamngu.records.request import BadRequest as BadRequest
from tamngu.records.request import SearchRequest as SearchRequest
