import sqlalchemy as sa
from app import models, triggers
def upgrade_to(url):
    engine = sa.create_engine(url)
    with engine.begin() as c:
        models.metadata.create_all(c)
        triggers.create_all(c)
    engine.dispose()
