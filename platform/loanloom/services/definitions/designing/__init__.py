"""The form designer: what may be put on a form, the form as one sees it while designing, changes of it, its preview.

Nothing here has a model of its own: it reads the form's document and its entities, and every change is a step of
`metadata.steps` that goes through `releases.drafts`.
"""
