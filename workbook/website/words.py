"""The site's own words, both languages side by side."""

from collections.abc import Mapping

from workbook.say import Language

WORDS: Mapping[str, tuple[str, str]] = {
    # Navigation
    "chapters": ("Chapters", "챕터"),
    "clinic": ("Error clinic", "에러 클리닉"),
    "commits": ("Commits", "커밋"),
    "home": ("Home", "홈"),
    "how-to-work": ("How to work", "공부하는 방법"),
    "more": ("More", "더 보기"),
    "notebooks": ("Notebooks", "노트북"),
    "notes": ("The notes", "강의 노트"),
    "reference": ("Reference", "레퍼런스"),
    # Every page
    "edition": ("Edition {}", "{} 판"),
    "verified": (
        "every command run on MySQL {} and Python {}, with {}",
        "모든 명령을 MySQL {}, Python {}에서 실행했어요: {}",
    ),
    "untranslated": ("", "이 페이지는 아직 번역하지 않았어요. 영어 원문을 그대로 보여 드려요."),
    # Chapters
    "you-will-learn": ("You will learn", "이 장에서 배워요"),
    "out-of-scope": ("Not in this chapter", "이 장에서는 다루지 않아요"),
    "mirrors": ("The notes", "강의 노트"),
    "the-change": ("The change", "바뀐 부분"),
    "the-file": ("The whole file", "파일 전체"),
    "not-run": ("Shown, not run here", "보여 주기만 하고 실행하지 않았어요"),
    "commit-of": ("Commit {}: its files", "커밋 {}: 파일 보기"),
    "beside": ("Beside this chapter", "이 장과 함께 보기"),
    "checks": ("What `workbook check` asks", "`workbook check`가 확인하는 것"),
    "look-yourself": ("See for yourself", "직접 확인하기"),
    "commits-of-chapter": ("The commits of this chapter", "이 장의 커밋"),
    "mistakes-of-chapter": ("Mistakes that people make here", "여기서 자주 하는 실수"),
    "notebook-link": (
        "Experiments on the live MySQL: [{}]({})",
        "실행 중인 MySQL로 하는 실험: [{}]({})",
    ),
    # Mistakes
    "mistake-of": ("A mistake of [chapter {}]({})", "[{}장]({})에서 자주 하는 실수예요"),
    "mistake-tag": ("It is planted on the tag", "이 태그에서 시작해요:"),
    "mistake-empty": ("It starts in an empty folder.", "빈 폴더에서 시작해요."),
    "mistake-error": ("On the screen", "화면에 이렇게 나와요"),
    "mistake-check": ("`workbook check` finds it: {}", "`workbook check`가 찾아 줘요: {}"),
    # Notebooks
    "download": ("Download this notebook", "이 노트북 내려받기"),
    "output": ("Output", "출력"),
    "notebooks-intro": (
        "Each notebook measures and draws on a live MySQL what a lesson can only say. They were run from top to "
        "bottom; what you see is what came out.",
        "레슨에서 말로만 하던 것을 실행 중인 MySQL에서 재고 그려 봐요. "
        "처음부터 끝까지 실행했고, 나온 결과를 그대로 보여 드려요.",
    ),
    # Commits
    "commits-intro": (
        "The lessons build this history: one commit a step. `workbook start` clones it into your project, so "
        "`git show ch35-red` works there too.",
        "레슨이 이 커밋 기록을 만들어요. 한 단계가 커밋 하나예요. `workbook start`가 프로젝트에 그대로 복제하니까 "
        "`git show ch35-red`도 쓸 수 있어요.",
    ),
    "commit-number": ("Commit {} of {}", "커밋 {} / {}"),
    "commit-lesson": ("It ends a step of [chapter {}]({}).", "[{}장]({})의 한 단계를 마치는 커밋이에요."),
    "commit-tags": ("Tags", "태그"),
    "commit-red": (
        "This commit is red on purpose. Exactly this fails, because `{}`:",
        "일부러 빨간불로 남긴 커밋이에요. `{}` 때문에 딱 이 테스트만 실패해요.",
    ),
    "commit-changes": ("What it changes", "무엇이 바뀌었나"),
    "commit-tree": ("All files at this commit", "이 커밋의 모든 파일"),
    "commit-tree-intro": (
        "A link leads to the commit that wrote the file as it is here.",
        "링크를 누르면 지금 이 내용을 쓴 커밋으로 가요.",
    ),
    "commit-deleted": ("deleted", "삭제"),
    "commit-previous": ("before: {}", "이전: {}"),
    "commit-next": ("after: {}", "다음: {}"),
    "commit-empty": ("It changes no file.", "바뀐 파일이 없어요."),
    "message": ("Message", "메시지"),
}
"""By key: English, Korean."""


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, *values: object) -> str:
        """A phrase, its `{}` filled in. Raises KeyError when there is none of that name."""
        english, korean = WORDS[key]
        return (korean if self.language == "ko" else english).format(*values)
