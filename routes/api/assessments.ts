import { createAssessment, deleteAssessment, getAssessment, updateAssessment } from "../../db/assessments.ts";
import { edit, read } from "../../domain/permissions.ts";
import { Nothing } from "../../wire/answers.ts";
import {
  AssessmentById,
  assessmentChange,
  assessmentJson,
  CreateAssessment,
  newAssessment,
  OneAssessment,
  UpdateAssessment,
} from "../../wire/assessments.ts";
import { endpoint } from "../endpoint.ts";

export const assessmentEndpoints = [
  endpoint({
    method: "POST",
    version: "3.0",
    path: "traces/{trace_id}/assessments",
    summary: "Says something of a trace: feedback, an expectation, or that it shows an issue.",
    input: CreateAssessment,
    output: OneAssessment,
    access: edit.trace,
    handle: async ({ sql, now }, { trace_id, assessment }) => ({
      assessment: assessmentJson(await createAssessment(sql, trace_id, newAssessment(assessment), now())),
    }),
  }),
  endpoint({
    method: "GET",
    version: "3.0",
    path: "traces/{trace_id}/assessments/{assessment_id}",
    summary: "Answers an assessment.",
    input: AssessmentById,
    output: OneAssessment,
    access: read.trace,
    handle: async ({ sql }, { trace_id, assessment_id }) => ({
      assessment: assessmentJson(await getAssessment(sql, trace_id, assessment_id)),
    }),
  }),
  endpoint({
    method: "PATCH",
    version: "3.0",
    path: "traces/{trace_id}/assessments/{assessment_id}",
    summary: "Changes the fields of an assessment that the mask names.",
    input: UpdateAssessment,
    output: OneAssessment,
    access: edit.trace,
    handle: async ({ sql, now }, { trace_id, assessment_id, assessment, update_mask }) => {
      const change = assessmentChange(assessment, update_mask);
      return { assessment: assessmentJson(await updateAssessment(sql, trace_id, assessment_id, change, now())) };
    },
  }),
  endpoint({
    method: "DELETE",
    version: "3.0",
    path: "traces/{trace_id}/assessments/{assessment_id}",
    summary: "Deletes an assessment; what it did override is valid again.",
    input: AssessmentById,
    output: Nothing,
    access: edit.trace,
    handle: ({ sql }, { trace_id, assessment_id }) => deleteAssessment(sql, trace_id, assessment_id),
  }),
];
