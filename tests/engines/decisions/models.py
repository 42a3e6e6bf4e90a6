"""A realistic decision model of a small lender: what a borrower can carry, how risky the case is, what it costs."""

from __future__ import annotations

PRICING = """
kind: decision_model
key: pricing
title: {en: Pricing, zh: 定价}
spec:
  subject: application
  types:
    - {name: tRisk, type: string, values: '"low", "medium", "high"'}
  inputs:
    - {name: income, title: {en: Monthly income, zh: 月收入}, value: application.monthly_income}
    - {name: cost, value: application.monthly_cost, type: number}
    - {name: housing, value: application.housing}
    - {name: amount, value: application.amount}
    - {name: months, value: application.term_months}
  functions:
    - name: payment
      type: number
      parameters: [{name: p, type: number}, {name: r, type: number}, {name: n, type: number}]
      logic: p * r / 12 / (1 - (1 + r / 12) ** -n)
  decisions:
    - name: burden
      title: {en: Share of the income, zh: 收入负担率}
      type: number
      needs: [income, cost, amount, months, payment]
      logic:
        context:
          entries:
            - {name: instalment, value: "payment(amount, 0.08, months)"}
            - value: decimal((instalment + get or else(cost, 0)) / income, 4)
    - name: risk
      title: {en: Risk, zh: 风险}
      type: tRisk
      answers: {low: {en: bearable, zh: 较低}, high: {en: too much, zh: 偏高}}
      needs: [burden, housing]
      logic:
        table:
          hit_policy: FIRST
          inputs: [{value: burden}, {value: housing}]
          outputs: [{name: risk, values: '"low", "medium", "high"'}]
          annotations: [{name: why}]
          rules:
            - {when: ["> 0.7", "-"], then: ['"high"'], notes: [carries too much]}
            - {when: ["<= 0.4", '"owned"'], then: ['"low"'], notes: [carries little]}
            - {when: ["-", "-"], then: ['"medium"'], notes: [the rest]}
    - name: rate
      title: {en: Rate, zh: 利率}
      type: number
      needs: [risk]
      logic:
        conditional: {if: risk = "low", then: 0.06, else: 'if risk = "medium" then 0.08 else 0.12'}
"""
