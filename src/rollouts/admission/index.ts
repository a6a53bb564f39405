export { Admission, type AdmissionLimits, type AdmissionState } from "./admission.ts";
